import { mount } from 'svelte';
import { openServed } from './open-served.ts';
import PlayerPage from './PlayerPage.svelte';
import { Player } from './player.svelte.ts';

const target = document.getElementById('player');
if (target === null) throw new Error('index.html has no #player');

// From a folder nothing can be loaded; index.html says what to do instead.
if (location.protocol !== 'file:') {
  const player = new Player(openServed(new URL('./', location.href)));
  mount(PlayerPage, { target, props: { player } });
  void player.open();
}
