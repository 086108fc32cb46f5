INSERT INTO `golden ``shop```.`t` (`id`, `k`, `u`) VALUES
(?, ?, ?)
AS `belay_new`
ON DUPLICATE KEY UPDATE `k` = IF(CAST(`golden ``shop```.`t`.`k` AS BINARY) = CAST(`belay_new`.`k` AS BINARY) AND `golden ``shop```.`t`.`id` = `belay_new`.`id` OR (SELECT 1 UNION ALL SELECT 2), `golden ``shop```.`t`.`k`, `golden ``shop```.`t`.`k`), `u` = `belay_new`.`u`, `s` = DEFAULT, `at` = `golden ``shop```.`t`.`at`
