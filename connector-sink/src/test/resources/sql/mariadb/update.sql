UPDATE `golden ``shop```.`t` SET `u` = ?, `at` = `golden ``shop```.`t`.`at` WHERE `k` = ? AND CAST(CONVERT(`k` USING utf8mb4) AS BINARY) = CAST(? AS BINARY) AND `id` = ?
