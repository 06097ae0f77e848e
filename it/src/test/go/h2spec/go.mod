// What `./ondine it h2spec` builds: h2spec itself has no go.mod, so its modules are pinned here.
module ondine.dev/h2spec

go 1.24
