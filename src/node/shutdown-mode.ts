import type { ShutdownMode } from '../config/schema-node.ts';

/**
 * [Crossbar: controller.options.shutdown] Whether a worker that ended unasked is started again. Crossbar never does, and ends the node with the worker unless told
 * otherwise. Here it is, unless the configuration names a mode that gives a worker's exit a meaning for the node.
 */
export function restartsWorkers(modes: readonly ShutdownMode[]): boolean {
  return modes.every((mode) => mode === 'shutdown_on_shutdown_requested');
}

/**
 * The mode that ends the node now that a worker has ended, or `null` when the node runs on without it.
 * @param clean whether the worker exited with code 0
 * @param left how many workers still run
 */
export function endsNode(modes: readonly ShutdownMode[], clean: boolean, left: number): ShutdownMode | null {
  if (modes.includes('shutdown_on_worker_exit')) return 'shutdown_on_worker_exit';
  if (!clean && modes.includes('shutdown_on_worker_exit_with_error')) return 'shutdown_on_worker_exit_with_error';
  if (left === 0 && modes.includes('shutdown_on_last_worker_exit')) return 'shutdown_on_last_worker_exit';
  return null;
}
