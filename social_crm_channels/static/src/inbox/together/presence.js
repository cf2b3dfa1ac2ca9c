import { onWillUnmount, reactive, useEffect, useExternalListener } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

export const PRESENCE_NOTIFICATION = "social_crm/presence";
export const BEAT_MS = 20000;
export const TYPING_BEAT_MS = 4000;
// Whoever closed the lid says no goodbye.
export const EXPIRE_MS = 50000;
export const TYPING_EXPIRE_MS = 9000;

const EDITABLE = "textarea, input[type=text], [contenteditable=true]";

/** Who is at a case now, besides me: nobody stores it, people tell each other. */
export class Presence {
    /**
     * @param {Object} params
     * @param {number} params.userId me, who am not shown
     * @param {(state: string) => Promise} params.tell tells the others what I do
     * @param {(userId: number) => Promise<string>} params.nameOf
     */
    constructor({ userId, tell, nameOf }) {
        this.userId = userId;
        this.tell = tell;
        this.nameOf = nameOf;
        this.people = {}; // user id to {id, name, at, typingAt}
        this.typedAt = 0;
        this.caseId = null;
    }

    /** @returns {Presence} one that components can watch */
    static make(params) {
        return reactive(new Presence(params));
    }

    /** @returns {Object[]} who is here, those who type first */
    get here() {
        return Object.values(this.people).sort(
            (one, other) => other.typing - one.typing || one.id - other.id
        );
    }

    get typing() {
        return this.here.filter((one) => one.typing);
    }

    enter(caseId) {
        this.caseId = caseId;
        this.people = {};
        this.typedAt = 0;
        return this.tell("asking");
    }

    leave() {
        const told = this.caseId ? this.tell("left") : null;
        this.caseId = null;
        this.people = {};
        return told;
    }

    /** Somebody told what they do. Who asks gets an answer. */
    async receive({ case_id, user_id, state }) {
        if (case_id !== this.caseId || user_id === this.userId) {
            return;
        }
        if (state === "left") {
            delete this.people[user_id];
            return;
        }
        const now = Date.now();
        const known = this.people[user_id];
        this.people[user_id] = {
            id: user_id,
            name: known?.name || "",
            at: now,
            typing: state === "typing",
            typingAt: state === "typing" ? now : 0,
        };
        if (state === "asking") {
            this.tell(this.isTyping ? "typing" : "looking");
        }
        if (!known?.name) {
            const name = await this.nameOf(user_id);
            if (this.people[user_id]) {
                this.people[user_id].name = name;
            }
        }
    }

    get isTyping() {
        return Date.now() - this.typedAt < TYPING_EXPIRE_MS;
    }

    /** I write: tell it, not with each letter. */
    typed() {
        const now = Date.now();
        if (now - this.typedAt >= TYPING_BEAT_MS) {
            this.typedAt = now;
            return this.tell("typing");
        }
    }

    /** I am still here; forget who is not. */
    beat() {
        this.expire();
        return this.tell(this.isTyping ? "typing" : "looking");
    }

    expire() {
        const now = Date.now();
        for (const [id, one] of Object.entries(this.people)) {
            if (now - one.at > EXPIRE_MS) {
                delete this.people[id];
            } else if (one.typing && now - one.typingAt > TYPING_EXPIRE_MS) {
                one.typing = false;
            }
        }
    }
}

/**
 * Tell the others at the open case that I am here, and hear of them.
 *
 * @param {InboxStore} store
 * @returns {Presence}
 */
export function usePresence(store) {
    const bus = useService("bus_service");
    const names = new Map();
    const quiet = (promise) => promise?.catch?.(() => {}); // presence must never disturb work
    const presence = Presence.make({
        userId: user.userId,
        tell: (state) =>
            quiet(
                store.services.orm.silent.call("social.crm.case", "inbox_presence", [
                    [presence.caseId],
                    state,
                ])
            ),
        nameOf: async (id) => {
            if (!names.has(id)) {
                const [found] = await store.services.orm.silent.read("res.users", [id], ["name"]);
                names.set(id, found?.name || "");
            }
            return names.get(id);
        },
    });
    const onNotification = (payload) => presence.receive(payload);
    bus.subscribe(PRESENCE_NOTIFICATION, onNotification);
    useEffect(
        (caseId) => {
            if (!caseId) {
                return;
            }
            const channel = `social.crm.case_${caseId}`;
            bus.addChannel(channel);
            presence.enter(caseId);
            const beat = browser.setInterval(() => {
                if (!document.hidden) {
                    presence.beat();
                }
            }, BEAT_MS);
            const expire = browser.setInterval(() => presence.expire(), TYPING_BEAT_MS);
            return () => {
                browser.clearInterval(beat);
                browser.clearInterval(expire);
                presence.leave();
                bus.deleteChannel(channel);
            };
        },
        () => [store.caseId]
    );
    useExternalListener(window, "input", (ev) => {
        if (presence.caseId && ev.target.closest?.(".o_social_inbox_talk")?.contains(ev.target)) {
            if (ev.target.closest(EDITABLE)) {
                presence.typed();
            }
        }
    });
    // The page goes: an ordinary call would be cut off with it.
    useExternalListener(window, "pagehide", () => {
        if (presence.caseId) {
            const params = {
                model: "social.crm.case",
                method: "inbox_presence",
                args: [[presence.caseId], "left"],
                kwargs: {},
            };
            const body = JSON.stringify({ jsonrpc: "2.0", method: "call", params });
            browser.navigator.sendBeacon(
                "/web/dataset/call_kw/social.crm.case/inbox_presence",
                new Blob([body], { type: "application/json" })
            );
        }
    });
    onWillUnmount(() => bus.unsubscribe(PRESENCE_NOTIFICATION, onNotification));
    return presence;
}
