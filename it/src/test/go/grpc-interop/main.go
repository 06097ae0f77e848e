// The program grpc-interop runs the interoperability cases of the grpc-go project with an authority of its own, as a
// workload's calls through a sidecar have it; the client of that project takes it from the address.
//
//	grpc-interop cases                               the names of the cases, one a line
//	grpc-interop client ADDRESS AUTHORITY CASE       exits with 0 when the case has passed
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"slices"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/interop"
	pb "google.golang.org/grpc/interop/grpc_testing"
)

const (
	limit      = 60 * time.Second
	iterations = 20
	// What a soak's message has in the project's own client.
	requestBytes  = 271828
	responseBytes = 314159
)

// The balancer that keeps the reports of load, which those cases compare.
const reports = `{"loadBalancingConfig":[{"test_backend_metrics_load_balancer":{}}]}`

// client is what the cases call with.
type client struct {
	connection *grpc.ClientConn
	service    pb.TestServiceClient
	open       func() (*grpc.ClientConn, error)
}

var cases = map[string]func(context.Context, client){
	"empty_unary":                 service(interop.DoEmptyUnaryCall),
	"large_unary":                 service(interop.DoLargeUnaryCall),
	"client_streaming":            service(interop.DoClientStreaming),
	"server_streaming":            service(interop.DoServerStreaming),
	"ping_pong":                   service(interop.DoPingPong),
	"empty_stream":                service(interop.DoEmptyStream),
	"timeout_on_sleeping_server":  service(interop.DoTimeoutOnSleepingServer),
	"cancel_after_begin":          service(interop.DoCancelAfterBegin),
	"cancel_after_first_response": service(interop.DoCancelAfterFirstResponse),
	"custom_metadata":             service(interop.DoCustomMetadata),
	"status_code_and_message":     service(interop.DoStatusCodeAndMessage),
	"special_status_message":      service(interop.DoSpecialStatusMessage),
	"unimplemented_method": func(ctx context.Context, c client) {
		interop.DoUnimplementedMethod(ctx, c.connection)
	},
	"unimplemented_service": func(ctx context.Context, c client) {
		interop.DoUnimplementedService(ctx, pb.NewUnimplementedServiceClient(c.connection))
	},
	"pick_first_unary": func(ctx context.Context, c client) { interop.DoPickFirstUnary(ctx, c.service) },
	"orca_per_rpc":     func(ctx context.Context, c client) { interop.DoORCAPerRPCTest(ctx, c.service) },
	"orca_oob":         func(ctx context.Context, c client) { interop.DoORCAOOBTest(ctx, c.service) },
	"rpc_soak": func(ctx context.Context, c client) {
		soak(ctx, func() (*grpc.ClientConn, func()) { return c.connection, func() {} })
	},
	"channel_soak": func(ctx context.Context, c client) {
		soak(ctx, func() (*grpc.ClientConn, func()) {
			connection, err := c.open()
			if err != nil {
				log.Fatal(err)
			}
			return connection, func() { _ = connection.Close() }
		})
	},
}

func service(do func(context.Context, pb.TestServiceClient, ...grpc.CallOption)) func(context.Context, client) {
	return func(ctx context.Context, c client) { do(ctx, c.service) }
}

func soak(ctx context.Context, connection func() (*grpc.ClientConn, func())) {
	interop.DoSoakTest(ctx, interop.SoakTestConfig{
		RequestSize: requestBytes, ResponseSize: responseBytes, Iterations: iterations, NumWorkers: 1,
		PerIterationMaxAcceptableLatency: 5 * time.Second, OverallTimeout: limit, ChannelForTest: connection,
	})
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func run(words []string) error {
	switch {
	case len(words) == 1 && words[0] == "cases":
		var names []string
		for name := range cases {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			fmt.Println(name)
		}
		return nil
	case len(words) == 4 && words[0] == "client":
		return call(words[1], words[2], words[3])
	}
	return errors.New("usage: grpc-interop cases | client ADDRESS AUTHORITY CASE")
}

func call(address, authority, name string) error {
	do, known := cases[name]
	if !known {
		return fmt.Errorf("no case %q", name)
	}
	open := func() (*grpc.ClientConn, error) {
		return grpc.NewClient("passthrough:///"+address, grpc.WithAuthority(authority),
			grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDefaultServiceConfig(reports))
	}
	connection, err := open()
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	do(ctx, client{connection, pb.NewTestServiceClient(connection), open}) // ends the process when it fails
	return nil
}
