/** Beside index.html, so that it serves the folder that the app lies in. */
export const SERVICE_WORKER_FILE = 'service-worker.js';
