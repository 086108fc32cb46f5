INSERT INTO `golden ``shop```.`t` (`id`, `a ``b`, `g`) VALUES
(?, ?, ST_GeomFromGeoJSON(?, 1, 0)),
(?, ?, ST_GeomFromGeoJSON(?, 1, 0))
AS `belay_new`
ON DUPLICATE KEY UPDATE `a ``b` = `belay_new`.`a ``b`, `g` = `belay_new`.`g`
