/** The same machine codes as the Python library `vdseal`: the tests compare them seal by seal. */

export class SealError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
