import type { Plugin } from 'vite';
import { BACKBONES } from '../src/core/backbone-catalogue.ts';

/**
 * TF Hub's addresses lead on to these hosts, and to Google's storage. Where a request is led a policy
 * looks at the host alone: the folders bar everything else there from being asked directly.
 */
const REDIRECTED_TO = [
  'https://*.kaggle.com/models/google/',
  'https://*.tfhub.dev/google/imagenet/',
];

/**
 * The built page's Content-Security-Policy: it runs its own files only, and may
 * ask nobody but the public hostings of backbones for anything: the folder of each, not its host,
 * where anybody may rent a place.
 *
 * Styles: components set widths and colours on elements. Pictures come as
 * `blob:` from the store, drawn ones as `data:`.
 */
export function securityPolicyPlugin(): Plugin {
  const folders = BACKBONES.flatMap(({ hostings }) =>
    hostings.map(({ url }) => new URL('.', url).href),
  );
  const policy = [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    `connect-src 'self' ${[...new Set([...folders, ...REDIRECTED_TO])].join(' ')}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return {
    name: 'headstart-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: policy },
        injectTo: 'head-prepend',
      },
    ],
  };
}
