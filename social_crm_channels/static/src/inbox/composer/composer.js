import { Component, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { useEmojiPicker } from "@web/core/emoji_picker/emoji_picker";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useAutoresize } from "@web/core/utils/autoresize";
import { KeepLast } from "@web/core/utils/concurrency";
import { useBus, useService } from "@web/core/utils/hooks";

import { ComposerByHand } from "./by_hand";
import { ComposerModel } from "./composer_model";
import { replaceAt, triggerAt } from "./composer_text";
import { useDraftKeeper } from "./draft_keeper";
import { useComposerFiles } from "./files";
import { ComposerProtocol } from "./protocol";
import { ComposerSuggestions } from "./suggestions";
import { SuggestionsModel } from "./suggestions_model";

export const MEASURE_MS = 400;
const CASE = "social.crm.case";
const MODE_LABELS = {
    reply: _t("Answer"),
    private: _t("Answer privately"),
    template: _t("Template"),
    edit: _t("Change"),
    note: _t("Note"),
};
const MODE_ICONS = {
    reply: "fa-reply",
    private: "fa-envelope-o",
    template: "fa-file-text-o",
    edit: "fa-pencil",
    note: "fa-sticky-note-o",
};

/**
 * Things to be minded beside the text: {Component, sequence}; a component gets the props
 * `place` and `model` (what is being written).
 */
const notices = registry.category("social_crm.composer_notices");

/** Where one writes the answer. */
export class InboxComposer extends Component {
    static template = "social_crm_channels.InboxComposer";
    static components = { ComposerByHand, ComposerProtocol, ComposerSuggestions };
    static props = {};

    setup() {
        this.store = useState(this.env.inbox);
        this.held = useService("social_crm_held");
        this.notification = useService("notification");
        this.text = useRef("text");
        this.fileInput = useRef("file");
        this.state = useState({
            model: null,
            caseId: null,
            sending: false,
            stopped: null,
            meanwhile: null,
            preview: null,
            protocol: false,
            overrideReason: "",
        });
        this.suggestions = useState(new SuggestionsModel(this.env.inbox));
        this.measuring = new KeepLast();
        this.keeper = useDraftKeeper(this.env.inbox.services.orm);
        this.files = useComposerFiles(
            () => this.model,
            () => this.onChanged()
        );
        this.emoji = useEmojiPicker(useRef("emoji"), { onSelect: (sign) => this.insert(sign) });
        useAutoresize(this.text, { minimumHeight: 60 });
        useEffect(
            (section) => this.takeSection(section),
            () => [this.store.data.composer]
        );
        this.listen();
        onWillUnmount(() => {
            this.suggestions.close();
            browser.clearTimeout(this.measureTimer);
            if (this.held.beforeTakeBack === this.flushDraft) {
                this.held.beforeTakeBack = null;
            }
        });
    }

    listen() {
        const { bus } = this.store;
        useBus(bus, "reply-to", ({ detail }) => this.replyTo(detail));
        useBus(bus, "focus-composer", ({ detail }) => this.focus(detail?.mode));
        useBus(bus, "insert-text", ({ detail }) => this.insert(detail.text));
        useBus(bus, "draft-changed", ({ detail }) => this.readDraft(detail.id));
        useBus(this.held.bus, "released", ({ detail }) => this.store.changed([detail.caseId]));
        useBus(this.held.bus, "taken-back", ({ detail }) => this.readDraft(detail.caseId));
        this.flushDraft = () => this.keeper.flush();
        this.held.beforeTakeBack = this.flushDraft;
    }

    // --- what is on the screen ---

    /** @returns {ComposerModel|null} nothing while another case is being read */
    get model() {
        return this.state.caseId === this.store.caseId ? this.state.model : null;
    }
    get place() {
        return this.model?.place;
    }
    get notices() {
        return notices.getEntries().map(([key, notice]) => ({ key, ...notice }));
    }
    get modes() {
        return this.model.modes.map((key) => ({
            key,
            label: key === "reply" && this.place.slot ? _t("Replace our answer") : MODE_LABELS[key],
            icon: MODE_ICONS[key],
        }));
    }
    get deadline() {
        const { place, model } = this;
        const until = model.mode === "private" ? place.private_deadline : place.deadline;
        if (!until || model.mode === "note") {
            return "";
        }
        const when = toLocaleDateTimeString(deserializeDateTime(until));
        return place.can_reply || model.mode === "private"
            ? _t("Until %(when)s", { when })
            : _t("It ended %(when)s", { when });
    }
    get quote() {
        const { model, place } = this;
        if (model.mode === "note") {
            return null;
        }
        return model.parent?.who ? model.parent : model.parent ? null : place?.parent;
    }
    get placeholder() {
        const names = {
            note: _t("For colleagues only. @ calls somebody to it."),
            private: _t("Only %(name)s will read this", { name: this.place?.customer || "" }),
        };
        return names[this.model.mode] || _t("Your answer. :: finds saved answers, @ names people.");
    }
    get sendLabel() {
        if (this.model.mode === "note") {
            return _t("Note it");
        }
        return this.place?.by_hand ? _t("Write it down") : _t("Send");
    }

    // --- reading ---

    takeSection(section) {
        const { caseId } = this.store;
        if (!section) {
            this.keeper.flush();
            this.suggestions.close();
            this.state.model = null;
            return;
        }
        this.hasDraft ||= Boolean(section.draft);
        if (!this.model) {
            this.keeper.flush();
            this.reset(section, caseId);
        } else {
            this.model.update(section);
            // News read before the answer left still tell of its draft.
            if (!this.model.body && section.draft && section.draft.body !== this.sentBody) {
                this.model.restore(section.draft);
            }
        }
        for (const row of section.held) {
            this.held.add(row);
        }
        this.measureSoon(0);
    }

    reset(section, caseId) {
        this.hasDraft = Boolean(section.draft);
        this.sentBody = null;
        Object.assign(this.state, {
            caseId,
            model: new ComposerModel(section),
            stopped: null,
            meanwhile: null,
            preview: null,
            protocol: false,
            overrideReason: "",
        });
    }

    /** The draft on the server is another one now: go on with that. */
    async readDraft(caseId) {
        if (this.store.caseId !== caseId) {
            return this.store.open(caseId);
        }
        this.keeper.drop();
        await this.store.reload();
        if (this.store.caseId === caseId && this.store.data.composer) {
            this.reset(this.store.data.composer, caseId);
            this.focus();
        }
    }

    /** Ask the server how it stands, a moment after the last key. */
    measureSoon(delay = MEASURE_MS) {
        browser.clearTimeout(this.measureTimer);
        this.measureTimer = browser.setTimeout(() => this.measure(), delay);
    }

    async measure() {
        const { model, place } = this;
        if (!place || model.mode === "note") {
            return;
        }
        const asked = [place.id, model.words, model.mode, model.purpose];
        const measured = await this.measuring.add(this.store.call("inbox_measure", asked));
        if (this.model === model && model.placeId === asked[0] && model.mode === asked[2]) {
            model.measured = measured;
        }
    }

    async togglePreview() {
        if (this.state.preview) {
            this.state.preview = null;
            return;
        }
        const { model } = this;
        const args = [model.placeId, model.words, model.mode, model.parent?.id || false];
        this.state.preview = await this.store.call("inbox_preview", args);
    }

    // --- writing ---

    onInput(ev) {
        this.model.setBody(ev.target.value);
        this.suggestAt(ev.target.selectionStart);
        this.onChanged();
    }

    onChanged() {
        Object.assign(this.state, { stopped: null, meanwhile: null, preview: null });
        this.keep(this.model);
        this.measureSoon();
    }

    /** Save what is written; where nothing was and nothing is, there is nothing to save. */
    keep(model) {
        const { draft } = model;
        const isWritten = Boolean(draft.body.trim() || draft.attachment_ids.length);
        if (isWritten || this.hasDraft) {
            this.hasDraft = isWritten;
            this.keeper.schedule(this.state.caseId, draft);
        }
    }

    setMode(mode) {
        this.model.setMode(mode);
        this.onChanged();
        this.measureSoon(0);
        this.focus();
    }

    setPlace(ev) {
        this.model.setPlace(Number(ev.target.value));
        this.onChanged();
        this.measureSoon(0);
    }

    setTemplate(ev) {
        this.model.templateKey = ev.target.value;
        this.model.params = {};
        this.onChanged();
    }

    setParam(name, ev) {
        this.model.params[name] = ev.target.value;
        this.onChanged();
    }

    setAlt(file, ev) {
        file.alt = ev.target.value;
        this.onChanged();
    }

    dropQuote() {
        this.model.parent = null;
        this.onChanged();
    }

    replyTo({ interactionId, mode }) {
        const entries = this.store.data.talk?.entries || [];
        const entry = entries.find((one) => one.kind === "interaction" && one.id === interactionId);
        const placeId = entry?.place_id || this.model?.placeId;
        if (!this.model || !this.model.section.places.some((place) => place.id === placeId)) {
            return;
        }
        const who = entry?.author?.name || "";
        const parent = { id: interactionId, who, text: (entry?.body || "").slice(0, 140) };
        this.model.answer(parent, placeId, mode || "reply");
        this.onChanged();
        this.measureSoon(0);
        this.focus();
    }

    focus(mode) {
        this.store.pane = "talk";
        if (mode && this.model?.modes.includes(mode) && this.model.mode !== mode) {
            const keeps = mode === "reply" && this.model.mode !== "note";
            if (!keeps) {
                this.model.setMode(mode);
            }
        }
        browser.setTimeout(() => this.text.el?.focus());
    }

    /** Put words where the cursor stands. */
    insert(words, start = null, end = null) {
        const el = this.text.el;
        if (!this.model) {
            return;
        }
        const { body } = this.model;
        start ??= el ? el.selectionStart : body.length;
        end ??= el ? el.selectionEnd : body.length;
        const { text, cursor } = replaceAt(body, start, end, words);
        this.model.setBody(text);
        this.onChanged();
        if (el) {
            el.value = text;
            el.dispatchEvent(new Event("input", { bubbles: false }));
            el.focus();
            el.setSelectionRange(cursor, cursor);
        }
    }

    // --- suggestions ---

    suggestAt(cursor) {
        const trigger = triggerAt(this.model.body, cursor);
        this.trigger = trigger && { ...trigger, end: cursor };
        const note = this.model.mode === "note";
        if (!trigger || !this.place || (note && trigger.kind === "saved")) {
            return this.suggestions.close();
        }
        const kind = note ? "colleague" : trigger.kind;
        this.suggestions.open(kind, this.model.placeId, trigger.search);
    }

    openSuggestions(kind) {
        if (this.suggestions.kind === kind) {
            return this.suggestions.close();
        }
        const cursor = this.text.el ? this.text.el.selectionStart : this.model.body.length;
        this.trigger = { kind, start: cursor, end: cursor };
        this.suggestions.open(kind, this.model.placeId, "");
        this.text.el?.focus();
    }

    async choose(item) {
        if (!item || item.refusal) {
            return;
        }
        const { model, trigger } = this;
        this.suggestions.close();
        let { words, purpose } = item;
        if (item.insertKey && !words) {
            const made = await this.store.call("inbox_insert", [model.placeId, item.insertKey]);
            words = made.text;
            purpose = made.purpose;
        }
        if (item.mention) {
            model.mentions.set(...item.mention);
        }
        this.insert(words, trigger.start, trigger.end);
        if (purpose && purpose !== "answer") {
            model.purpose = purpose;
        }
        if (item.answerId) {
            this.store.call("inbox_answer_used", [item.answerId]);
        }
        this.measureSoon(0);
    }

    onKeydown(ev) {
        if (ev.isComposing) {
            return;
        }
        const { suggestions } = this;
        if (ev.key === "Enter" && (ev.ctrlKey || ev.metaKey)) {
            ev.preventDefault();
            this.send();
        } else if (ev.key === "Escape") {
            ev.stopPropagation();
            suggestions.isOpen ? suggestions.close() : ev.target.blur();
        } else if (suggestions.isOpen && ["ArrowDown", "ArrowUp"].includes(ev.key)) {
            ev.preventDefault();
            suggestions.move(ev.key === "ArrowDown" ? 1 : -1);
        } else if (suggestions.chosen && ["Enter", "Tab"].includes(ev.key)) {
            ev.preventDefault();
            this.choose(suggestions.chosen);
        }
    }

    // --- sending ---

    /** The newest word on the screen: what came later somebody else may have answered. */
    get seenId() {
        const entries = this.store.data.talk?.entries;
        const ids = (entries || []).filter((one) => one.kind === "interaction").map((one) => one.id);
        return ids.length ? Math.max(...ids) : undefined;
    }

    async send(extra = {}) {
        const { model, state } = this;
        if (!model?.canSend || state.sending || this.files.state.uploading) {
            return;
        }
        state.sending = true;
        const { caseId } = state;
        this.keeper.drop();
        try {
            await this.keeper.saving;
            const done = await (model.mode === "note" ? this.sendNote() : this.sendAnswer(extra));
            if (done) {
                this.hasDraft = false;
                this.sentBody = model.body;
                model.clear();
                Object.assign(state, { stopped: null, meanwhile: null, preview: null });
                state.overrideReason = "";
                model._fitMode();
                await this.store.changed([caseId]);
            }
        } catch (error) {
            this.keep(model);
            throw error;
        } finally {
            state.sending = false;
        }
    }

    async sendNote() {
        const { model } = this;
        const called = [...model.mentions].filter(([, name]) => model.body.includes(`@${name}`));
        await this.call("inbox_note", [model.body, called.map(([id]) => id)]);
        await this.keeper.save(this.state.caseId, {}); // inbox_note knows of no drafts
        return true;
    }

    async sendAnswer(extra) {
        const seen = { seen_id: this.seenId, ...extra };
        const result = await this.call("inbox_send", [this.model.payload(seen)]);
        if (result.state === "stopped") {
            this.state.stopped = result;
            return false;
        }
        if (result.state === "meanwhile") {
            this.state.meanwhile = result;
            return false;
        }
        if (result.state === "held") {
            this.held.add(result);
        } else if (result.state !== "by_hand") {
            this.notification.add(result.words, { type: "info" });
        }
        this.store.bus.trigger("sent", { outboxId: result.outbox_id });
        return true;
    }

    call(method, args) {
        return this.store.services.orm.call(CASE, method, [[this.state.caseId], ...args]);
    }

    sendAnyway() {
        return this.send({ seen_id: undefined });
    }

    answerPrivately() {
        this.setMode("private");
    }

    override() {
        return this.send({ override_reason: this.state.overrideReason, seen_id: undefined });
    }
}

