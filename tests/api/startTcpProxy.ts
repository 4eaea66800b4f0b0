import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A wire between two parts that a test can cut. */
export interface TcpProxy {
  /** The same URL with the proxy's address. */
  url: string;
  /** Cuts every connection at once, without a goodbye. */
  cut: () => void;
  /** Takes connections again, or refuses them. */
  setOpen: (isOpen: boolean) => void;
  close: () => Promise<void>;
}

/** Forwards TCP connections to the host and port of a URL. */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let isOpen = true;
  const server = createServer((inner) => {
    if (!isOpen) {
      inner.destroy();
      return;
    }
    const outer = connect(Number(port), hostname);
    for (const [socket, other] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    cut,
    setOpen: (open) => {
      isOpen = open;
    },
    close: () => {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
