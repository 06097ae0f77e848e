// An origin for ./ondine it differential: Go's net/http. Logs each request as it sees its head.
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"sync"
)

func main() {
	requests, err := os.OpenFile(os.Args[2], os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		log.Fatal(err)
	}
	var writing sync.Mutex
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		writing.Lock()
		id := r.Header.Get("X-Request-Id")
		if id == "" {
			id = "-"
		}
		fmt.Fprintf(requests, "%s %s %s\n", id, r.Method, r.RequestURI)
		writing.Unlock()
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return
		}
		io.WriteString(w, "ok\n")
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[1], handler))
}
