import type { Plugin } from 'vite';
import { BACKBONES } from '../src/core/backbone-catalogue.ts';

/** TF Hub's addresses lead to others of these hosts. */
const REDIRECTED_TO = ['https://*.kaggle.com', 'https://*.tfhub.dev'];

/**
 * The built page's Content-Security-Policy: it runs its own files only, and may
 * ask nobody but the public hostings of backbones for anything.
 *
 * Styles: components set widths and colours on elements. Pictures come as
 * `blob:` from the store, drawn ones as `data:`.
 */
export function securityPolicyPlugin(): Plugin {
  const hosts = BACKBONES.flatMap(({ hostings }) => hostings.map(({ url }) => new URL(url).origin));
  const policy = [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    `connect-src 'self' ${[...new Set([...hosts, ...REDIRECTED_TO])].join(' ')}`,
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
