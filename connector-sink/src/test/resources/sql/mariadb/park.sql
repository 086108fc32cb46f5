UPDATE `golden ``shop```.`t` SET `u` = NULL WHERE ((`a`, `b`) IN ((?, ?)))
