/** Bytes that went from and to the page's end of its workers and channels. */
export interface Traffic {
  sent: number;
  received: number;
}

/**
 * Counts what crosses between this page and its workers, for workers and channels made from now on.
 * What is moved counts as if it were copied; a file counts nothing, it is a handle.
 *
 * @returns the count, and the way to end it.
 */
export function countMessages(): { readonly traffic: Traffic; readonly end: () => void } {
  const traffic: Traffic = { sent: 0, received: 0 };
  const receive = ({ data }: MessageEvent): void => void (traffic.received += sizeOf(data));
  const [OwnWorker, OwnChannel] = [Worker, MessageChannel];
  const posts = [Worker.prototype, MessagePort.prototype].map((prototype) => {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called on the very object below
    const { postMessage } = prototype;
    prototype.postMessage = function (this: Worker | MessagePort, data: unknown, ...rest: never[]) {
      traffic.sent += sizeOf(data);
      Reflect.apply(postMessage, this, [data, ...rest]);
    };
    return () => (prototype.postMessage = postMessage);
  });
  globalThis.Worker = class extends OwnWorker {
    constructor(...options: ConstructorParameters<typeof Worker>) {
      super(...options);
      this.addEventListener('message', receive);
    }
  };
  globalThis.MessageChannel = class extends OwnChannel {
    constructor() {
      super();
      this.port1.addEventListener('message', receive);
    }
  };
  return {
    traffic,
    end: () => {
      for (const restore of posts) restore();
      [globalThis.Worker, globalThis.MessageChannel] = [OwnWorker, OwnChannel];
    },
  };
}

function sizeOf(data: unknown): number {
  if (typeof data === 'string') return data.length;
  if (typeof data !== 'object' || data === null) return 8;
  // All memory that a view is of is cloned with it.
  if (ArrayBuffer.isView(data)) return data.buffer.byteLength;
  if (data instanceof ArrayBuffer) return data.byteLength;
  if (data instanceof Blob || data instanceof MessagePort) return 0;
  return Object.entries(data).reduce((sum, [key, value]) => sum + key.length + sizeOf(value), 0);
}
