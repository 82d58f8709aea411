/**
 * [Crossbar: node id] The configuration's, else the environment's, else `<hostname>-<pid>`.
 * @param configured `controller.id`
 */
export function nodeId(configured: string | undefined, env: NodeJS.ProcessEnv, hostname: string, pid: number): string {
  return configured || env['CROSSBAR_NODE_ID'] || `${hostname}-${pid}`;
}
