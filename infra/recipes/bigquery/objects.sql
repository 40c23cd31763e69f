SELECT
  JSON_VALUE(attributes, '$.account') AS account,
  JSON_VALUE(attributes, '$.resource') AS resource,
  JSON_VALUE(attributes, '$.objectId') AS object_id,
  JSON_VALUE(attributes, '$.type') AS last_type,
  TIMESTAMP(JSON_VALUE(attributes, '$.stateTime')) AS state_time,
  JSON_QUERY(data, '$.data.object') AS object
FROM `${table}`
WHERE JSON_VALUE(attributes, '$.objectId') IS NOT NULL
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY JSON_VALUE(attributes, '$.account'), JSON_VALUE(attributes, '$.objectId')
  ORDER BY TIMESTAMP(JSON_VALUE(attributes, '$.stateTime')) DESC, publish_time DESC
) = 1
