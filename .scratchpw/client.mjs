import http from 'node:http';
const port = +process.argv[2];
const agent = new http.Agent({ keepAlive: true });
const one = () => new Promise((ok, no) => { const t = performance.now(); http.get({ host:'127.0.0.1', port, agent }, (r) => { r.resume(); r.on('end', () => ok(performance.now()-t)); }).on('error', no); });
for (let i=0;i<200;i++) await one();
process.send('ready');
process.on('message', async () => { const ts=[]; const end = performance.now()+3000; while (performance.now()<end) { ts.push(await one()); await new Promise(r=>setTimeout(r,3)); } ts.sort((a,b)=>a-b); process.send({ n: ts.length, p50: +ts[ts.length>>1].toFixed(2), p99: +ts[Math.floor(ts.length*.99)].toFixed(2) }); });
process.on('disconnect', ()=>process.exit());
