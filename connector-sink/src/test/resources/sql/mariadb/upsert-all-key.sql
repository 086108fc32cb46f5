INSERT INTO `golden ``shop```.`t` (`id`) VALUES
(?)
ON DUPLICATE KEY UPDATE `id` = `golden ``shop```.`t`.`id`
