// Part of Social CRM. See LICENSE file for full copyright and licensing details.
// A whole AT Protocol network in one process: directory (PLC), server of accounts (PDS), reader's
// server (AppView) and moderation (Ozone). Ports come in the environment; every start is a world
// of its own, so it is simply ended. It prints READY once all answer.
const net = require("node:net");

// The network's servers name a port only, which would open it to everybody on this machine's net.
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...args) {
    if (typeof args[0] === "number" && typeof args[1] !== "string") {
        args.splice(1, 0, "127.0.0.1");
    } else if (args[0] && typeof args[0] === "object" && args[0].port !== undefined) {
        args[0] = { ...args[0], host: "127.0.0.1" };
    }
    return listen.apply(this, args);
};

const { TestNetwork } = require("@atproto/dev-env");

const [plc, pds, appview, ozone] = process.env.NETWORK_PORTS.split(",").map(Number);

async function main() {
    await TestNetwork.create({
        plc: { port: plc },
        pds: { port: pds, hostname: "localhost", enableDidDocWithSession: true },
        bsky: {
            port: appview,
            publicUrl: `http://localhost:${appview}`,
            dbPostgresSchema: "bsky",
        },
        ozone: { port: ozone, dbMaterializedViewRefreshIntervalMs: 30000 },
    });
    console.log("READY");
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
