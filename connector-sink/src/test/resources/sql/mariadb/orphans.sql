SELECT COUNT(*) FROM `golden ``shop```.`t` AS c
LEFT JOIN `golden ``shop```.`p` AS p ON p.`x` = c.`px` AND p.`y` = c.`py`
WHERE (c.`id`, c.`k`) IN ((?, ?), (?, ?))
AND c.`px` IS NOT NULL
AND c.`py` IS NOT NULL
AND p.`x` IS NULL
LOCK IN SHARE MODE
