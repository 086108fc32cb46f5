INSERT INTO `golden ``shop```.`t` (`id`) VALUES
(?)
AS `belay_new`
ON DUPLICATE KEY UPDATE `id` = `golden ``shop```.`t`.`id`
