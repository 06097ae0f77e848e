package dev.ondine.proxy.transport;

import io.netty.channel.Channel;
import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.socket.DuplexChannelConfig;
import io.netty.channel.unix.FileDescriptor;

/**
 * Netty's epoll, with a peer's FIN in its place behind the peer's bytes, for channels that allow
 * half-closure. All others are left alone. Confined to its event loop.
 *
 * <p>Netty 4.2.18 asks epoll for EPOLLRDHUP and, told of it, reads all that the kernel has,
 * whatever auto-read says: megabytes for a slow reader. Then nothing is left to wait for, it takes
 * the channel out of epoll, and later fails to bring it back (ENOENT), which closes the channel
 * before its answer is through. So these channels never wait for EPOLLRDHUP: their FIN is seen when
 * they are read to it. And they are taken out of epoll only when both sides have ended, in a way
 * that lets them come back for what is not read yet.
 */
final class HalfCloseEpoll implements IoHandler {
  // <sys/epoll.h>; the kernel tells these whether asked for or not.
  private static final int ERR = 0x8;
  private static final int HUP = 0x10;

  private final IoHandler epoll;

  private HalfCloseEpoll(IoHandler epoll) {
    this.epoll = epoll;
  }

  static IoHandlerFactory newFactory() {
    return over(EpollIoHandler.newFactory());
  }

  /** The same over this epoll. */
  static IoHandlerFactory over(IoHandlerFactory epoll) {
    return executor -> new HalfCloseEpoll(epoll.newHandler(executor));
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    if (handle instanceof EpollIoHandle ofEpoll && handle instanceof Channel.Unsafe unsafe) {
      var watched = new Watched(epoll, ofEpoll, unsafe);
      watched.register();
      return watched;
    }
    return epoll.register(handle);
  }

  /** A channel, between epoll and Netty's own idea of it. */
  private static final class Watched implements EpollIoHandle, IoRegistration {
    private final IoHandler epoll;
    private final EpollIoHandle handle;
    private final Channel.Unsafe unsafe;
    private final Channel channel;
    private IoRegistration registration;
    private EpollIoOps wanted = EpollIoOps.NONE;
    private boolean parked;

    @SuppressWarnings("NullAway.Init") // registering needs this first
    Watched(IoHandler epoll, EpollIoHandle handle, Channel.Unsafe unsafe) {
      this.epoll = epoll;
      this.handle = handle;
      this.unsafe = unsafe;
      this.channel = unsafe.voidPromise().channel();
    }

    void register() throws Exception {
      registration = epoll.register(this);
    }

    private boolean halfCloses() {
      return channel.config() instanceof DuplexChannelConfig config && config.isAllowHalfClosure();
    }

    // ---- what Netty wants of epoll --------------------------------------------------------------

    @Override
    public long submit(IoOps ops) {
      wanted = (EpollIoOps) ops;
      if (parked) {
        if (wantsNothing()) {
          return wanted.value();
        }
        comeBack();
      }
      return registration.submit(halfCloses() ? withoutFin() : wanted);
    }

    private void comeBack() {
      parked = false;
      try {
        register();
      } catch (Exception e) {
        throw new IllegalStateException("epoll does not take the channel back", e);
      }
    }

    private boolean wantsNothing() {
      return withoutFin().equals(EpollIoOps.EPOLLERR);
    }

    private EpollIoOps withoutFin() {
      var ops = wanted.without(EpollIoOps.EPOLLRDHUP);
      return ops.equals(EpollIoOps.NONE) ? EpollIoOps.EPOLLERR : ops;
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // as Netty declares it
    public <T> T attachment() {
      return registration.attachment();
    }

    @Override
    public boolean isValid() {
      return parked || registration.isValid();
    }

    @Override
    public boolean cancel() {
      if (parked) {
        parked = false;
        return true; // done already
      }
      return registration.cancel();
    }

    // ---- what epoll tells -----------------------------------------------------------------------

    @Override
    public void handle(IoRegistration told, IoEvent event) {
      var ops = ((EpollIoEvent) event).ops();
      if (!halfCloses()) {
        handle.handle(this, event);
        return;
      }
      if (ops.contains(EpollIoOps.EPOLLRDHUP)) {
        registration.submit(withoutFin()); // asked for before half-closure was allowed
        ops = ops.without(EpollIoOps.EPOLLRDHUP);
      }
      var known = ops;
      handle.handle(this, (EpollIoEvent) () -> known);
      // Before it is connected, too, a channel is told HUP.
      if ((ops.value() & (ERR | HUP)) != 0 && channel.isActive() && wantsNothing() && !parked) {
        overlooked((ops.value() & ERR) != 0);
      }
    }

    /** Nobody reads or writes, so nobody would find out, and epoll would tell for ever. */
    private void overlooked(boolean broken) {
      if (broken) {
        unsafe.close(unsafe.voidPromise());
      } else {
        parked = true; // both sides have ended; what came before may be read later
        registration.cancel();
      }
    }

    @Override
    public FileDescriptor fd() {
      return handle.fd();
    }

    @Override
    public void registered() {
      handle.registered();
    }

    @Override
    public void unregistered() {
      handle.unregistered();
    }

    @Override
    public void close() {
      unsafe.close(unsafe.voidPromise()); // as the handle does
    }
  }

  // ---- the rest is epoll's ----------------------------------------------------------------------

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
