package dev.ondine.proxy.transport;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.FileDescriptor;
import java.util.concurrent.atomic.AtomicLong;

/** Netty's epoll, which counts what it watches and what it tells. */
final class CountingEpoll {
  private final AtomicLong events = new AtomicLong();
  private final AtomicLong watched = new AtomicLong();

  IoHandlerFactory newFactory() {
    var epoll = EpollIoHandler.newFactory();
    return executor -> new Handler(epoll.newHandler(executor));
  }

  /** How often epoll told a channel anything, so far. */
  long events() {
    return events.get();
  }

  /** How many channels epoll watches now. */
  long watched() {
    return watched.get();
  }

  private final class Handler implements IoHandler {
    private final IoHandler epoll;

    Handler(IoHandler epoll) {
      this.epoll = epoll;
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
      return epoll.register(new Handle((EpollIoHandle) handle));
    }

    @Override
    public void initialize() {
      epoll.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
      return epoll.run(context);
    }

    @Override
    public void prepareToDestroy() {
      epoll.prepareToDestroy();
    }

    @Override
    public void destroy() {
      epoll.destroy();
    }

    @Override
    public void wakeup() {
      epoll.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> type) {
      return epoll.isCompatible(type);
    }
  }

  @SuppressWarnings("try") // close() throws what Netty says
  private final class Handle implements EpollIoHandle {
    private final EpollIoHandle handle;

    Handle(EpollIoHandle handle) {
      this.handle = handle;
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
      events.incrementAndGet();
      handle.handle(registration, event);
    }

    @Override
    public FileDescriptor fd() {
      return handle.fd();
    }

    @Override
    public void registered() {
      watched.incrementAndGet();
      handle.registered();
    }

    @Override
    public void unregistered() {
      watched.decrementAndGet();
      handle.unregistered();
    }

    @Override
    public void close() throws Exception {
      handle.close();
    }
  }
}
