// The program xds-server is a small foreign control plane made with go-control-plane: it serves services over
// aggregated delta xDS, one listener, route configuration, cluster and endpoint list each.
//
// It prints the ports it listens on, then takes the endpoints of services by HTTP:
//
//	PUT /services/NAME    with one HOST:PORT a line
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"

	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"github.com/envoyproxy/go-control-plane/pkg/server/v3"
	"google.golang.org/grpc"
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	mesh := newMesh()

	xds, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("xDS: %w", err)
	}
	rpc := grpc.NewServer()
	discovery.RegisterAggregatedDiscoveryServiceServer(
		rpc, server.NewServer(ctx, absences{mesh.snapshots}, server.CallbackFuncs{}))
	context.AfterFunc(ctx, rpc.Stop)
	go func() {
		if err := rpc.Serve(xds); err != nil {
			log.Fatal(err)
		}
	}()

	api, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("API: %w", err)
	}
	http.HandleFunc("PUT /services/{name}", mesh.put)
	web := &http.Server{}
	context.AfterFunc(ctx, func() { _ = web.Close() })
	fmt.Printf("xds %d\napi %d\n", xds.Addr().(*net.TCPAddr).Port, api.Addr().(*net.TCPAddr).Port)
	if err := web.Serve(api); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (m *mesh) put(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<16))
	if err == nil {
		err = m.set(r.Context(), r.PathValue("name"), strings.Fields(string(body)))
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}
