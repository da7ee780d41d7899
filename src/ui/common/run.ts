/**
 * Starts work from an event handler. State reports its own problems and
 * cancellations; what still comes through is a defect and belongs in the console.
 */
export function run(work: Promise<unknown>): void {
  work.catch((error: unknown) => {
    reportError(error);
  });
}
