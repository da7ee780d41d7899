/** The page that is one file: its classifier stands in it. */
import { mount } from 'svelte';
import { openEmbedded } from './open-embedded.ts';
import PlayerPage from './PlayerPage.svelte';
import { Player } from './player.svelte.ts';
import './style.css';

const target = document.getElementById('player');
if (target === null) throw new Error('the page has no #player');
const player = new Player(openEmbedded);
mount(PlayerPage, { target, props: { player } });
void player.open();
