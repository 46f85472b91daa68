;;; mendline.el --- Mendline's suggestions as ghost text  -*- lexical-binding: t; -*-

;; Copyright (C) 2026 The Mendline authors
;; SPDX-License-Identifier: Apache-2.0
;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1"))
;; Keywords: convenience, languages

;;; Commentary:

;; Asks the Mendline language server for inline completions while you type,
;; through the connection that Eglot or lsp-mode has, and draws them behind
;; point.  Diagnostics and code actions are Eglot's or lsp-mode's own.
;;
;;     (add-hook 'eglot-managed-mode-hook #'mendline-mode)
;;
;; While a suggestion is on the screen, TAB inserts it, M-<right> its next
;; word, C-M-<right> the rest of its line, M-n and M-p show others, C-g takes
;; it away.  Any other key that doesn't type what it says does that, too.

;;; Code:

(require 'seq)
(require 'subr-x)

(declare-function eglot-current-server "eglot")
(declare-function eglot--capabilities "eglot")
(declare-function eglot--signal-textDocument/didChange "eglot")
(declare-function eglot--TextDocumentIdentifier "eglot")
(declare-function eglot--pos-to-lsp-position "eglot")
(declare-function eglot--lsp-position-to-point "eglot")
(declare-function jsonrpc-notify "jsonrpc")
(declare-function jsonrpc-async-request "jsonrpc")
(declare-function lsp-workspaces "lsp-mode")
(declare-function lsp--workspace-server-id "lsp-mode")
(declare-function lsp--workspace-status "lsp-mode")
(declare-function lsp-request-async "lsp-mode")
(declare-function lsp-notify "lsp-mode")
(declare-function lsp--text-document-identifier "lsp-mode")
(declare-function lsp--point-to-position "lsp-mode")
(declare-function lsp--position-to-point "lsp-mode")
(defvar lsp--cur-workspace)
(defvar mendline-mode)

(defgroup mendline nil
  "Suggestions of the Mendline language server."
  :group 'convenience)

(defcustom mendline-idle-delay 0.05
  "Seconds without a key before a suggestion is asked for.
The server waits by itself as long as the model needs it to."
  :type 'number)

(defface mendline-ghost '((t :inherit shadow))
  "Face of a suggestion.")

(defvar mendline-ghost-map
  (let ((map (make-sparse-keymap)))
    (define-key map (kbd "TAB") #'mendline-accept)
    (define-key map (kbd "<tab>") #'mendline-accept)
    (define-key map (kbd "M-<right>") #'mendline-accept-word)
    (define-key map (kbd "C-M-<right>") #'mendline-accept-line)
    (define-key map (kbd "M-n") #'mendline-next)
    (define-key map (kbd "M-p") #'mendline-previous)
    (define-key map (kbd "C-g") #'mendline-dismiss)
    map)
  "Keys while a suggestion is on the screen.")

(defvar-local mendline--ghost nil
  "The overlay of the suggestion on the screen, or nil.
It covers the text behind point that the suggestion replaces.")
(defvar-local mendline--items nil "The server's items, of which one is shown.")
(defvar-local mendline--index 0 "Which of them.")
(defvar-local mendline--text "" "What is left of it.")
(defvar-local mendline--state nil "Point and tick for which it is shown.")
(defvar-local mendline--tick nil "Tick after the last command.")
(defvar-local mendline--told nil "The place that was last told to the server.")
(defvar-local mendline--timer nil "Timer of what is to be asked or told.")

(defvar mendline--emulation (list (cons 'mendline--ghost mendline-ghost-map))
  "The keys of a suggestion, before those of other modes.")

;;;; The connection

(defun mendline--connection ()
  "Return the buffer's connection: `eglot' or `lsp' consed to it, or nil."
  (or (when-let* (((fboundp 'eglot-current-server))
                  (server (eglot-current-server))
                  ((plist-member (eglot--capabilities server)
                                 :inlineCompletionProvider)))
                 (cons 'eglot server))
      (when-let* (((fboundp 'lsp-workspaces))
                  (found (seq-find
                          (lambda (each)
                            (and (eq (lsp--workspace-server-id each) 'mendline)
                                 (eq (lsp--workspace-status each) 'initialized)))
                          (lsp-workspaces))))
                 (cons 'lsp found))))

(defun mendline--notify (connection method params)
  "Send the notification METHOD with PARAMS over CONNECTION."
  (if (eq (car connection) 'eglot)
      (jsonrpc-notify (cdr connection) (intern (concat ":" method)) params)
    (let ((lsp--cur-workspace (cdr connection)))
      (lsp-notify method params))))

(defun mendline--request (connection method params answered)
  "Send the request METHOD with PARAMS over CONNECTION.
ANSWERED is called with the result; an error is no answer."
  (if (eq (car connection) 'eglot)
      (jsonrpc-async-request (cdr connection) (intern (concat ":" method)) params
                             :success-fn answered
                             :error-fn #'ignore :timeout-fn #'ignore)
    (let ((lsp--cur-workspace (cdr connection)))
      (lsp-request-async method params answered
                         :mode 'detached :error-handler #'ignore))))

(defun mendline--flush (connection)
  "Tell CONNECTION at once what was edited; Eglot waits for half a second."
  (when (and (eq (car connection) 'eglot)
             (fboundp 'eglot--signal-textDocument/didChange))
    (eglot--signal-textDocument/didChange)))

(defun mendline--document (connection)
  "Return the identifier of the buffer's document over CONNECTION."
  (if (eq (car connection) 'eglot)
      (eglot--TextDocumentIdentifier)
    (lsp--text-document-identifier)))

(defun mendline--position (connection place)
  "Return PLACE in the buffer as a position of CONNECTION."
  (save-excursion
    (if (eq (car connection) 'eglot)
        (eglot--pos-to-lsp-position place)
      (lsp--point-to-position place))))

(defun mendline--place (connection position)
  "Return the place in the buffer of a POSITION of CONNECTION."
  (if (eq (car connection) 'eglot)
      (eglot--lsp-position-to-point position)
    (lsp--position-to-point position)))

(defun mendline--get (object &rest keys)
  "Look KEYS up in OBJECT, one in the value of the other.
Eglot has property lists, lsp-mode hash tables or property lists."
  (dolist (key keys object)
    (setq object (if (hash-table-p object)
                     (gethash (substring (symbol-name key) 1) object)
                   (plist-get object key)))))

;;;; The screen

(defun mendline--popup-p ()
  "Tell whether another completion is in progress, which has the screen."
  (or (bound-and-true-p completion-in-region-mode)
      (bound-and-true-p company-candidates)
      (bound-and-true-p completion-preview-active-mode)
      (minibufferp)))

(defun mendline--clear (&rest _)
  "Take the suggestion off the screen."
  (when mendline--ghost
    (delete-overlay mendline--ghost))
  (setq mendline--ghost nil mendline--items nil mendline--state nil))

(defun mendline--state-now ()
  "Return point and tick."
  (cons (point) (buffer-chars-modified-tick)))

(defun mendline--behind-point (connection item)
  "Return the text of ITEM from point on, and the end of the old text there.
Nil when it can't be drawn: the text before point is not its beginning.
CONNECTION tells places."
  (let* ((start (mendline--place connection (mendline--get item :range :start)))
         (end (mendline--place connection (mendline--get item :range :end)))
         (text (string-replace "\r\n" "\n" (mendline--get item :insertText))))
    (when (<= start (point) end)
      (let ((typed (buffer-substring-no-properties start (point))))
        (when (and (string-prefix-p typed text)
                   (not (string= typed text)))
          (cons (substring text (length typed)) end))))))

(defun mendline--draw (text end)
  "Show TEXT at point, in place of what stands there up to END."
  (if mendline--ghost
      (move-overlay mendline--ghost (point) end)
    (setq mendline--ghost (make-overlay (point) end nil nil t)))
  (let* ((replaced (buffer-substring-no-properties (point) end))
         (kept (and (string-suffix-p replaced text) (not (string= replaced text))))
         (ghost (propertize (if kept (string-remove-suffix replaced text) text)
                            'face 'mendline-ghost)))
    ;; Without this the cursor is drawn behind the suggestion.
    (put-text-property 0 1 'cursor t ghost)
    (overlay-put mendline--ghost 'window (selected-window))
    (overlay-put mendline--ghost 'before-string ghost)
    (overlay-put mendline--ghost 'invisible (not kept))
    (overlay-put mendline--ghost 'mendline-below (- (point-max) (point))))
  (setq mendline--text text
        mendline--state (mendline--state-now)))

(defun mendline--show (connection items index)
  "Show the one with INDEX among ITEMS, and tell CONNECTION.
Return whether it could be shown."
  (when-let* ((item (nth index items))
              (found (mendline--behind-point connection item)))
             (setq mendline--items items mendline--index index)
             (unless (and mendline--ghost (string= mendline--text (car found)))
               (mendline--notify connection "mendline/didShow" (list :item item)))
             (mendline--draw (car found) (cdr found))
             t))

(defun mendline--visible ()
  "Return what is left of the suggestion on the screen, or nil."
  (and mendline--ghost (equal mendline--state (mendline--state-now))
       mendline--text))

;;;; Asking

(defun mendline--ask (kind)
  "Ask for suggestions at point; KIND is 1 for a user who asks, else 2."
  (when-let* ((connection (mendline--connection))
              ((not (or (mendline--popup-p) buffer-read-only (use-region-p)))))
             (mendline--flush connection)
             (let ((buffer (current-buffer))
                   (state (mendline--state-now)))
               (mendline--request
                connection "textDocument/inlineCompletion"
                (list :textDocument (mendline--document connection)
                      :position (mendline--position connection (point))
                      :context (list :triggerKind kind))
                (lambda (result)
                  (when (buffer-live-p buffer)
                    (with-current-buffer buffer
                      (mendline--answered connection state result))))))))

(defun mendline--answered (connection state result)
  "Show what CONNECTION answers, RESULT, if STATE is still the buffer's.
No answer leaves what is on the screen: it fits what was typed since."
  (when (and mendline-mode
             (equal state (mendline--state-now))
             (eq (current-buffer) (window-buffer (selected-window)))
             (not (mendline--popup-p)))
    (let ((items (append (if (or (vectorp result) (null result))
                             result
                           (mendline--get result :items))
                         nil)))
      (mendline--show connection items 0))))

(defun mendline--tell-place ()
  "Tell the server where the user is, so that it can compute ahead."
  (when-let* ((connection (mendline--connection))
              (place (list (point) (window-start) (window-end)))
              ((not (equal place mendline--told))))
             (setq mendline--told place)
             (mendline--notify
              connection "textDocument/didFocus"
              (list :textDocument (mendline--document connection)
                    :position (mendline--position connection (point))
                    :range (list :start (mendline--position connection (window-start))
                                 :end (mendline--position connection (window-end)))))))

(defun mendline--later (function &rest arguments)
  "Call FUNCTION with ARGUMENTS when the user rests, in this buffer."
  (when mendline--timer
    (cancel-timer mendline--timer))
  (let ((buffer (current-buffer)))
    (setq mendline--timer
          (run-with-idle-timer
           mendline-idle-delay nil
           (lambda ()
             (when (eq buffer (window-buffer (selected-window)))
               (with-current-buffer buffer
                 (when mendline-mode
                   (apply function arguments)))))))))

(defun mendline--typed ()
  "Go on with the suggestion if what was typed is its beginning.
Return whether it is."
  (when-let* ((ghost mendline--ghost)
              (from (car mendline--state))
              ((< from (point)))
              (end (overlay-end ghost))
              ((<= (point) end))
              (typed (buffer-substring-no-properties from (point)))
              ((string-prefix-p typed mendline--text))
              ((not (string= typed mendline--text)))
              ;; Nothing else has changed.
              ((= (- (point-max) (point)) (overlay-get ghost 'mendline-below))))
             (mendline--draw (substring mendline--text (length typed)) end)
             t))

(defun mendline--after-command ()
  "Bring the suggestion in line with what the command did."
  (let* ((tick (buffer-chars-modified-tick))
         (edited (not (equal tick mendline--tick))))
    (setq mendline--tick tick)
    (cond ((mendline--popup-p) (mendline--clear))
          ((not edited)
           (unless (mendline--visible)
             (mendline--clear))
           (mendline--later #'mendline--tell-place))
          (t
           (unless (or (mendline--visible) (mendline--typed))
             (mendline--clear))
           (mendline--later #'mendline--ask 2)))))

;;;; Commands

(defun mendline-suggest ()
  "Ask for a suggestion now."
  (interactive)
  (mendline--ask 1))

(defun mendline-accept ()
  "Insert the suggestion on the screen."
  (interactive)
  (if-let ((text (mendline--visible)))
      (let ((end (overlay-end mendline--ghost))
            (command (mendline--get (nth mendline--index mendline--items) :command))
            (connection (mendline--connection)))
        (mendline--clear)
        (delete-region (point) end)
        (insert text)
        (when (and command connection)
          (mendline--flush connection)
          (mendline--request connection "workspace/executeCommand"
                             (list :command (mendline--get command :command)
                                   :arguments (mendline--get command :arguments))
                             #'ignore)))
    ;; It was outdated by something else than a command: the key is another's.
    (mendline--clear)
    (setq unread-command-events (listify-key-sequence (this-command-keys)))))

(defun mendline--accept-part (pattern)
  "Insert what PATTERN matches at the beginning of the suggestion."
  (when-let ((text (mendline--visible)))
    (if (or (not (string-match pattern text))
            (= (match-end 0) (length text)))
        (mendline-accept)
      (let* ((taken (match-string 0 text))
             (item (nth mendline--index mendline--items))
             (end (copy-marker (overlay-end mendline--ghost) t))
             (whole (string-replace "\r\n" "\n" (mendline--get item :insertText)))
             (before (- (length whole) (length text)))
             (accepted (substring whole 0 (+ before (length taken)))))
        (insert taken)
        (mendline--draw (substring text (length taken)) (marker-position end))
        (set-marker end nil)
        (when-let ((connection (mendline--connection)))
          (mendline--notify connection "mendline/didPartiallyAccept"
                            (list :item item
                                  :acceptedLength (mendline--utf-16 accepted))))))))

(defun mendline--utf-16 (text)
  "Return the length of TEXT in UTF-16 units."
  (seq-reduce (lambda (sum char) (+ sum (if (> char #xffff) 2 1))) text 0))

(defun mendline-accept-word ()
  "Insert the next word of the suggestion, or the next run of other characters."
  (interactive)
  (mendline--accept-part
   "\\`[[:space:]\n]*\\(?:[_[:alnum:]]+\\|[^_[:alnum:][:space:]\n]+\\)"))

(defun mendline-accept-line ()
  "Insert the suggestion to the end of its line."
  (interactive)
  (mendline--accept-part "\\`\n*[^\n]*"))

(defun mendline-dismiss ()
  "Take the suggestion off the screen."
  (interactive)
  (mendline--clear))

(defun mendline-next (&optional step)
  "Show the next suggestion, or the one STEP further.
Ask for more where there is one only."
  (interactive)
  (when (mendline--visible)
    (if (null (cdr mendline--items))
        (mendline--ask 1)
      (mendline--show (mendline--connection) mendline--items
                      (mod (+ mendline--index (or step 1))
                           (length mendline--items))))))

(defun mendline-previous ()
  "Show the previous suggestion."
  (interactive)
  (mendline-next -1))

;;;###autoload
(define-minor-mode mendline-mode
  "Show the suggestions of the Mendline language server as ghost text."
  :lighter " Mend"
  (mendline--clear)
  (when mendline--timer
    (cancel-timer mendline--timer))
  (if mendline-mode
      (progn
        (add-to-list 'emulation-mode-map-alists 'mendline--emulation)
        (setq mendline--tick (buffer-chars-modified-tick))
        (add-hook 'post-command-hook #'mendline--after-command nil t)
        (add-hook 'company-completion-started-hook #'mendline--clear nil t)
        (add-hook 'completion-in-region-mode-hook #'mendline--clear nil t)
        (mendline--later #'mendline--tell-place))
    (remove-hook 'post-command-hook #'mendline--after-command t)
    (remove-hook 'company-completion-started-hook #'mendline--clear t)
    (remove-hook 'completion-in-region-mode-hook #'mendline--clear t)))

(provide 'mendline)
;;; mendline.el ends here
