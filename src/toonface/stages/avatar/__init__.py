"""From a head with its shapes and pictures to the asset that is exported."""
