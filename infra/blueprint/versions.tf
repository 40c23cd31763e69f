terraform {
  # Validations that look at other values.
  required_version = ">= 1.9"
}
