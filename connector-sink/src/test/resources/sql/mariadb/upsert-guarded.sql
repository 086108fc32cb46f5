INSERT INTO `golden ``shop```.`t` (`id`, `k`, `u`) VALUES
(?, ?, ?)
ON DUPLICATE KEY UPDATE `k` = IF(CAST(`golden ``shop```.`t`.`k` AS BINARY) = CAST(VALUES(`k`) AS BINARY) AND `golden ``shop```.`t`.`id` = VALUES(`id`) OR (SELECT 1 UNION ALL SELECT 2), `golden ``shop```.`t`.`k`, `golden ``shop```.`t`.`k`), `u` = VALUES(`u`), `s` = DEFAULT, `at` = `golden ``shop```.`t`.`at`
