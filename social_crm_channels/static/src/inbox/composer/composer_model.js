import { _t } from "@web/core/l10n/translation";

import {
    countCharacters,
    fillTemplate,
    findBrand,
    findPlaceholders,
    findSensitive,
} from "./composer_text";

export const MODES = ["reply", "private", "template", "edit", "note"];

/**
 * What is being written in one case, and whether it can be sent. Knows nothing of the screen.
 */
export class ComposerModel {
    /** @param {Object} section "composer" of the open case */
    constructor(section) {
        this.section = section || { places: [] };
        this.clear();
        this.placeId = this.section.place_id || false;
        this.mode = "reply";
        const draft = this.section.draft;
        if (draft) {
            this.restore(draft);
        } else {
            this.mode = this.modes.find((mode) => mode !== "note") || "note";
        }
    }

    /** Take over what the server says now, and keep what is being written. */
    update(section) {
        this.section = section;
        if (!this.place) {
            this.placeId = section.place_id || false;
            this.parent = null;
        }
        this._fitMode();
    }

    clear() {
        this.body = "";
        this.purpose = "answer";
        this.parent = null;
        this.files = [];
        this.mentions = new Map();
        this.templateKey = "";
        this.params = {};
        this.measured = null;
        this.tryKey = null;
    }

    restore(draft) {
        this.body = draft.body || "";
        this.purpose = draft.purpose || "answer";
        this.files = [...(draft.files || [])];
        if (this.section.places.some((place) => place.id === draft.conversation_id)) {
            this.placeId = draft.conversation_id;
        }
        this.mode = MODES.includes(draft.mode) ? draft.mode : "reply";
        const known = this.place?.parent;
        this.parent = draft.parent_id && known?.id !== draft.parent_id ? { id: draft.parent_id } : null;
        this._fitMode();
    }

    // --- where and how ---

    get place() {
        return this.section.places.find((place) => place.id === this.placeId);
    }

    /** @returns {string[]} ways to write here now; a note is always one */
    get modes() {
        const place = this.place;
        const modes = [];
        if (this.section.can_write && place) {
            if (place.can_reply) {
                modes.push("reply");
            }
            if (place.is_public && place.modes.includes("private_reply")) {
                modes.push("private");
            }
            if (place.modes.includes("template") && place.templates.length) {
                modes.push("template");
            }
            if (this.mode === "edit" && this.parent) {
                modes.push("edit");
            }
        }
        return this.section.can_write === false ? [] : [...modes, "note"];
    }

    setPlace(placeId) {
        if (placeId !== this.placeId) {
            this.placeId = placeId;
            this.parent = null;
            this.measured = null;
            this.tryKey = null;
            this._fitMode();
        }
    }

    setMode(mode) {
        if (mode !== this.mode) {
            if (this.mode === "edit") {
                this.parent = null;
            }
            if ([mode, this.mode].includes("note")) {
                this.mentions = new Map(); // customers here, colleagues there
            }
            this.mode = mode;
            this.measured = null;
            this.tryKey = null;
        }
    }

    /** Answer this word of the talk, in its place. */
    answer(parent, placeId, mode) {
        this.setPlace(placeId);
        this.setMode(this.modes.includes(mode) ? mode : this.mode);
        this.parent = parent;
        this.tryKey = null;
    }

    setBody(text) {
        this.body = text;
        this.tryKey = null; // other words are another sending
        if (!text.trim()) {
            this.purpose = "answer";
        }
    }

    _fitMode() {
        if (!this.modes.includes(this.mode)) {
            this.mode = this.modes[0] || "note";
        }
    }

    /** Whether everybody can read what is written. */
    get isPublic() {
        return Boolean(this.place?.is_public && ["reply", "edit"].includes(this.mode));
    }

    get template() {
        const templates = this.place?.templates || [];
        return templates.find((template) => template.key === this.templateKey);
    }

    get words() {
        return this.mode === "template"
            ? fillTemplate(this.template?.body || "", this.params)
            : this.body;
    }

    // --- how it stands ---

    /** @returns {{used: number, limit: number, unit: string}} as the network counts */
    get measure() {
        const measured = this.measured;
        if (!measured || this.mode === "note") {
            return { used: countCharacters(this.words), limit: 0, unit: "" };
        }
        // The server counts what it fills in; plain text is counted here while one types.
        const used =
            measured.simple && !findPlaceholders(this.words).length
                ? countCharacters(this.words)
                : measured.used;
        return { used, limit: measured.limit, unit: measured.unit };
    }

    get isTooLong() {
        const { used, limit } = this.measure;
        return Boolean(limit) && used > limit;
    }

    /** @returns {Object[]} private data in public: at once, and what the server found besides */
    get findings() {
        if (!this.isPublic) {
            return [];
        }
        const found = findSensitive(this.words, this.section.order_patterns);
        const values = new Set(found.map((one) => one.value));
        for (const one of this.measured?.findings || []) {
            if (!values.has(one.value) && this.words.includes(one.value)) {
                found.push(one);
            }
        }
        return found.map((one) => ({ ...one, label: FINDING_LABELS[one.kind] || one.label }));
    }

    /** @returns {Object[]} brand rules not kept: at once, and forms of address from the server */
    get brand() {
        if (this.mode === "note") {
            return [];
        }
        const rules = this.place?.rules || [];
        const seen = new Set(rules.filter((rule) => rule.pattern).map((rule) => rule.id));
        const told = (this.measured?.brand || []).filter((one) => !seen.has(one.id));
        return [...findBrand(this.words, rules), ...told];
    }

    /** @returns {Object[]} placeholders nothing is known for, with the reason where it is known */
    get missing() {
        if (["note", "template"].includes(this.mode)) {
            return [];
        }
        const told = new Map((this.measured?.missing || []).map((one) => [one.name, one]));
        return findPlaceholders(this.words)
            .filter((name) => !this.measured || told.has(name) || !name)
            .map((name) => told.get(name) || { name, label: name, reason: "" });
    }

    get unread() {
        const waits = this.mode !== "note" && (this.place?.protocols || []);
        return (waits || []).filter((protocol) => protocol.unread);
    }

    /** @returns {string[]} params of the template that are still empty */
    get emptyParams() {
        return (this.template?.placeholders || []).filter((name) => !this.params[name]?.trim());
    }

    /** @returns {string} why it cannot be sent so; "" when it can */
    get refusal() {
        if (this.mode === "note") {
            return "";
        }
        const place = this.place;
        if (!place) {
            return _t("There is no place to answer in.");
        }
        if (this.mode === "template") {
            return this.template ? "" : _t("Choose a template first.");
        }
        if (this.mode === "reply" && !place.can_reply) {
            return place.reason;
        }
        if (this.isTooLong) {
            return _t("Too long for this network.");
        }
        return this.files.length > place.files.count ? _t("Too many files for this network.") : "";
    }

    get isEmpty() {
        return this.mode === "template"
            ? !this.template || this.emptyParams.length > 0
            : !this.body.trim() && !(this.files.length && this.mode !== "note");
    }

    get canSend() {
        return (
            !this.isEmpty &&
            !this.refusal &&
            !this.unread.length &&
            !this.missing.length &&
            !this.brand.some((one) => one.level === "stop") &&
            !(this.measured?.refusal && this.purpose !== "answer")
        );
    }

    // --- what leaves ---

    /** @returns {Object} the draft as the server keeps it */
    get draft() {
        return {
            conversation_id: this.placeId,
            parent_id: this.parent?.id || false,
            mode: this.mode,
            purpose: this.purpose,
            body: this.body,
            attachment_ids: this.files.map((file) => file.id),
            alts: this._alts,
        };
    }

    /**
     * The same key at every try of the same words: a double click or a retry sends once.
     *
     * @returns {Object} values of `inbox_send`
     */
    payload(extra = {}) {
        this.tryKey ||= newKey();
        const handles = this.body.toLowerCase();
        const mentions = [...this.mentions].filter(([, handle]) =>
            handles.includes(`@${handle.toLowerCase()}`)
        );
        return {
            conversation_id: this.placeId,
            parent_id: this.parent?.id || this.place?.parent?.id || false,
            mode: this.mode,
            body: this.body,
            purpose: this.purpose,
            attachment_ids: this.files.map((file) => file.id),
            alts: this._alts,
            mentions: mentions.map(([id]) => id),
            template_key: this.templateKey,
            template_params: { ...this.params },
            key: this.tryKey,
            ...extra,
        };
    }

    get _alts() {
        return Object.fromEntries(this.files.map((file) => [file.id, file.alt || ""]));
    }
}

export const FINDING_LABELS = {
    email: _t("e-mail address"),
    iban: _t("bank account"),
    phone: _t("phone number"),
    order: _t("order number"),
    contact: _t("from the customer's contact"),
};

function newKey() {
    return `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
}
