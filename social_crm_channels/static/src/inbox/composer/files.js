import { useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useFileUploader } from "@web/core/utils/files";
import { useService } from "@web/core/utils/hooks";

const UPLOAD = "/web/binary/upload_attachment";

/** @returns {string} why the network would not take this file; "" when it would */
export function fileRefusal(file, limits, count) {
    const [family] = (file.type || "").split("/");
    if (!limits.count) {
        return _t("No files can be sent here.");
    }
    if (count >= limits.count) {
        return _t("This network takes %(count)s files at most.", { count: limits.count });
    }
    if (limits.types.length && ![file.type, `${family}/*`].some((t) => limits.types.includes(t))) {
        return _t("This network takes no such file: %(name)s", { name: file.name });
    }
    if (limits.size && file.size > limits.size) {
        const megabytes = Math.floor(limits.size / 1024 / 1024);
        return _t("%(name)s is too large: %(megabytes)s MB at most.", { name: file.name, megabytes });
    }
    return "";
}

/**
 * Files for an answer: chosen, dropped or pasted, refused at once where the network would.
 *
 * @param {() => ComposerModel} getModel
 * @param {() => void} onChanged
 */
export function useComposerFiles(getModel, onChanged) {
    const upload = useFileUploader();
    const notification = useService("notification");
    const state = useState({ uploading: 0, isOver: false });

    async function add(files) {
        const model = getModel();
        for (const file of files) {
            const limits = model.place?.files || { count: 0, types: [] };
            const refusal = fileRefusal(file, limits, model.files.length);
            if (refusal) {
                notification.add(refusal, { type: "warning" });
                continue;
            }
            state.uploading++;
            try {
                const params = {
                    csrf_token: odoo.csrf_token,
                    ufile: [file],
                    model: "social.crm.draft",
                    id: 0,
                };
                const [made] = (await upload(UPLOAD, params)) || [];
                if (made?.error) {
                    notification.add(made.error, { type: "danger" });
                } else if (made) {
                    const { id, mimetype, size } = made;
                    model.files.push({ id, name: made.filename, mimetype, size, alt: "" });
                    onChanged();
                }
            } finally {
                state.uploading--;
            }
        }
    }

    return {
        state,
        add,
        remove(file) {
            const model = getModel();
            model.files = model.files.filter((known) => known.id !== file.id);
            onChanged();
        },
        onInput(ev) {
            add([...ev.target.files]);
            ev.target.value = "";
        },
        onPaste(ev) {
            const files = [...(ev.clipboardData?.files || [])];
            if (files.length) {
                ev.preventDefault();
                add(files);
            }
        },
        onDrag(ev) {
            if ([...(ev.dataTransfer?.types || [])].includes("Files")) {
                ev.preventDefault();
                state.isOver = true;
            }
        },
        onDragLeave() {
            state.isOver = false;
        },
        onDrop(ev) {
            state.isOver = false;
            const files = [...(ev.dataTransfer?.files || [])];
            if (files.length) {
                ev.preventDefault();
                add(files);
            }
        },
    };
}
