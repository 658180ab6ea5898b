var o="home-assistant";for(;!customElements.get(o);)await new Promise(e=>setTimeout(e,20));var t=new URL(import.meta.url);await import(new URL(`solar-compute-card.js${t.search}`,t).href);
