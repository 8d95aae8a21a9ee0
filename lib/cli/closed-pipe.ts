/** A stream that may be read by another program. */
interface Piped {
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/** Ends quietly when the reader has gone (`holdfast ... | head`): nobody is left to be told, and it is no error of ours. */
export function endWithReader(stream: Piped, end: () => void): void {
  stream.on('error', error => {
    if (error.code !== 'EPIPE') throw error;
    end();
  });
}
