terraform {
  # The first release whose validations may refer to other values.
  required_version = ">= 1.9"
}
