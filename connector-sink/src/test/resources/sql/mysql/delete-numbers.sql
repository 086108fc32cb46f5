DELETE FROM `golden ``shop```.`t` WHERE (`a`, `b`) IN ((?, ?), (?, ?))
ORDER BY `a` DESC, `b` DESC
