import { Component } from "@odoo/owl";
import { deserializeDate, deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";

const { DateTime } = luxon;

/** What colleagues did and said stands between the words of the talk, and looks different. */
class OtherEntry extends Component {
    static props = { entry: Object };

    get moment() {
        const moment = deserializeDateTime(this.props.entry.date);
        const isToday = moment.hasSame(DateTime.now(), "day");
        return {
            short: moment.toLocaleString(isToday ? DateTime.TIME_SIMPLE : DateTime.DATETIME_SHORT),
            whole: moment.toLocaleString(DateTime.DATETIME_FULL),
        };
    }

    /** Call what works on the entry's own row, then show what became of it. */
    async act(model, method, id) {
        const store = this.env.inbox;
        await store.services.orm.call(model, method, [[id]]);
        await store.changed([store.caseId]);
    }
}

export class TalkNote extends OtherEntry {
    static template = "social_crm_channels.TalkNote";
}

export class TalkEvent extends OtherEntry {
    static template = "social_crm_channels.TalkEvent";
}

export class TalkQuestion extends OtherEntry {
    static template = "social_crm_channels.TalkQuestion";

    get due() {
        return formatDate(deserializeDate(this.props.entry.due));
    }

    cancel() {
        return this.act("social.crm.question", "action_cancel", this.props.entry.question_id);
    }

    insert() {
        this.env.inbox.bus.trigger("insert-text", { text: this.props.entry.answer });
    }
}

export class TalkGoodwill extends OtherEntry {
    static template = "social_crm_channels.TalkGoodwill";

    decide(method) {
        return this.act("social.crm.goodwill", method, this.props.entry.id);
    }

    insert() {
        this.env.inbox.bus.trigger("insert-text", { text: this.props.entry.text });
    }
}

const entries = registry.category("social_crm.talk_entries");
entries.add("note", TalkNote);
entries.add("event", TalkEvent);
entries.add("question", TalkQuestion);
entries.add("goodwill", TalkGoodwill);
