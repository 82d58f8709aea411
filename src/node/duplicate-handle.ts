import type { ChildProcess, SendHandle } from 'node:child_process';
import type { DuplicatedMessage, DuplicateMessage } from '../worker/ipc.ts';

/** Sends a worker its handle back as often as it asked, and keeps none: a port must be free when its worker is gone. */
export function duplicateHandle(child: ChildProcess, { id, count }: DuplicateMessage, handle: SendHandle): void {
  if (handle === undefined) return;
  const message: DuplicatedMessage = { type: 'duplicated', id };
  let left = count;
  const end = (): void => {
    child.removeListener('exit', end);
    // Closing twice is fine with handles.
    (handle as unknown as { close(): void }).close();
  };
  child.once('exit', end);
  if (!child.connected) end();
  for (let sent = 0; sent < count && child.connected; sent++) {
    child.send(message, handle, () => {
      left -= 1;
      if (left === 0) end();
    });
  }
}
