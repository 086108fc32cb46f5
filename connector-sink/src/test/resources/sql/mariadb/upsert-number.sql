INSERT INTO `golden ``shop```.`t` (`id`, `a ``b`, `g`) VALUES
(?, ?, ST_GeomFromWKB(ST_AsWKB(ST_GeomFromGeoJSON(?, 1)), 0)),
(?, ?, ST_GeomFromWKB(ST_AsWKB(ST_GeomFromGeoJSON(?, 1)), 0))
ON DUPLICATE KEY UPDATE `a ``b` = VALUES(`a ``b`), `g` = VALUES(`g`)
