module ondine.dev/it/origin

go 1.24
