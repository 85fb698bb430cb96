import './design/fonts.css';
import './design/tokens.css';
import './design/base.css';

import { mount } from 'svelte';

import App from './App.svelte';
import { rememberedLanguage, setLanguage } from './i18n/i18n.svelte';
import { startRouter } from './router.svelte';
import { startTheme } from './shared/theme.svelte';

startTheme();
startRouter();
await setLanguage(rememberedLanguage());
const target = document.getElementById('app');
if (target) mount(App, { target });
