/**
 * A gRPC service without generated code, with a method of each call type, and a real server for it.
 * For tests of whatever stands between a gRPC client and its server.
 */
@NullMarked
package dev.ondine.testkit.grpc;

import org.jspecify.annotations.NullMarked;
