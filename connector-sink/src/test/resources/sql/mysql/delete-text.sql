DELETE FROM `golden ``shop```.`t` WHERE `k` = ? AND CAST(CONVERT(`k` USING utf8mb4) AS BINARY) = CAST(? AS BINARY) AND `id` = ?
OR `k` = ? AND CAST(CONVERT(`k` USING utf8mb4) AS BINARY) = CAST(? AS BINARY) AND `id` = ?
