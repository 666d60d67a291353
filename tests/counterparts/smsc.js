// A message center for tests, on node-smpp: keeps what it is sent and misbehaves on request.
//
// Listens on a free port of 127.0.0.1 and writes one JSON object a line to stdout: {"port": ...} first, then
// {"bind": ...}, {"submit": ...}, {"query": ...}, {"deliver_resp": ...}, {"enquire": true}, {"closed": true}.
// Reads one JSON object a line from stdin:
//   {"mood": {"573001112233": "silent"}}   how it treats messages to a number, see MOODS
//   {"deliver": {...}}                     sends a deliver_sm with these fields to the newest session
//   {"states": {"7": 2}}                   what query_sm answers about an id
//   {"hang_up": true}                      ends every connection
//   {"refuse_bind": 13}                    answers binds with this status
// Ends with its stdin.
'use strict';

const readline = require('readline');
const smpp = require(process.argv[2]);

const said = (what) => process.stdout.write(JSON.stringify(what) + '\n');
const sessions = new Set();
const state = { moods: {}, states: {}, refuseBind: 0, taken: 0, deaf: false };

// The text as node-smpp reads it: another reading of the alphabets than ours.
const text = (content) => (content && content.message !== undefined ? content.message : content);
const header = (content) => Buffer.concat((content && content.udh) || []).toString('hex');

function take(pdu) {
  state.taken += 1;
  const id = String(state.taken);
  const whole = pdu.message_payload !== undefined;
  const content = whole ? pdu.message_payload : pdu.short_message;
  said({
    submit: {
      id,
      to: pdu.destination_addr,
      to_ton: pdu.dest_addr_ton,
      from: pdu.source_addr,
      from_ton: pdu.source_addr_ton,
      coding: pdu.data_coding,
      esm_class: pdu.esm_class,
      registered: pdu.registered_delivery,
      validity: pdu.validity_period,
      reference: pdu.user_message_reference,
      text: text(content),
      header: header(content),
      whole,
    },
  });
  return id;
}

const receipt = (session, pdu, id, stat, extra) =>
  session.deliver_sm(Object.assign({
    esm_class: 4,
    source_addr: pdu.destination_addr,
    destination_addr: pdu.source_addr,
    short_message: Buffer.from(
      `id:${id} sub:001 dlvrd:001 submit date:2603020900 done date:2603020901 stat:${stat} err:000 text:`, 'latin1'),
  }, extra), (answer) => said({ deliver_resp: answer.command_status }));

const answer = (session, pdu, id, status) =>
  session.send(pdu.response({ command_status: status || 0, message_id: id }));

const MOODS = {
  good: (session, pdu) => answer(session, pdu, take(pdu)),
  refuse: (session, pdu) => answer(session, pdu, '', smpp.ESME_RINVDSTADR),
  throttle: (session, pdu) => answer(session, pdu, '', smpp.ESME_RTHROTTLED),
  queue_full: (session, pdu) => answer(session, pdu, '', smpp.ESME_RMSGQFUL),
  error_and_taken: (session, pdu) => { take(pdu); answer(session, pdu, '', smpp.ESME_RSYSERR); },
  silent: (session, pdu) => { take(pdu); },
  hang_up: (session, pdu) => { take(pdu); session.destroy(); },
  twice: (session, pdu) => { const id = take(pdu); answer(session, pdu, id); answer(session, pdu, id); },
  late: (session, pdu) => { const id = take(pdu); setTimeout(() => answer(session, pdu, id), 700); },
  delivered: (session, pdu) => {
    const id = take(pdu);
    answer(session, pdu, id);
    receipt(session, pdu, id, 'DELIVRD');
  },
  delivered_before: (session, pdu) => {
    const id = take(pdu);
    receipt(session, pdu, id, 'DELIVRD');
    receipt(session, pdu, id, 'ENROUTE');
    answer(session, pdu, id);
  },
  silent_and_delivered: (session, pdu) => {
    const id = take(pdu);
    receipt(session, pdu, id, 'DELIVRD', { user_message_reference: pdu.user_message_reference });
  },
  second_throttled: (session, pdu) => {
    const mood = (session.parts = (session.parts || 0) + 1) === 2 ? 'throttle' : 'good';
    MOODS[mood](session, pdu);
  },
  second_refused: (session, pdu) => {
    const mood = (session.parts = (session.parts || 0) + 1) === 2 ? 'refuse' : 'good';
    MOODS[mood](session, pdu);
  },
};

const server = smpp.createServer((session) => {
  sessions.add(session);
  session.on('close', () => { sessions.delete(session); said({ closed: true }); });
  session.on('error', () => session.destroy());
  for (const bind of ['bind_transceiver', 'bind_transmitter', 'bind_receiver']) {
    session.on(bind, (pdu) => {
      said({ bind: { as: bind, system_id: pdu.system_id, password: pdu.password, version: pdu.interface_version } });
      session.send(pdu.response({ command_status: state.refuseBind, system_id: 'smsc' }));
    });
  }
  session.on('submit_sm', (pdu) => MOODS[state.moods[pdu.destination_addr] || 'good'](session, pdu));
  session.on('query_sm', (pdu) => {
    said({ query: pdu.message_id });
    const known = state.states[pdu.message_id];
    session.send(pdu.response(known === undefined
      ? { command_status: smpp.ESME_RQUERYFAIL }
      : { message_id: pdu.message_id, message_state: known }));
  });
  session.on('enquire_link', (pdu) => {
    said({ enquire: true });
    if (!state.deaf) session.send(pdu.response());
  });
  session.on('unbind', (pdu) => { session.send(pdu.response()); session.close(); });
});

server.listen(0, '127.0.0.1', () => said({ port: server.address().port }));

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const order = JSON.parse(line);
  Object.assign(state.moods, order.mood);
  Object.assign(state.states, order.states);
  if (order.refuse_bind !== undefined) state.refuseBind = order.refuse_bind;
  if (order.deaf !== undefined) state.deaf = order.deaf;
  if (order.hang_up) sessions.forEach((session) => session.destroy());
  if (order.deliver) {
    const fields = Object.assign({}, order.deliver);
    for (const name of ['short_message', 'message_payload']) {
      if (fields[name] !== undefined) fields[name] = Buffer.from(fields[name], 'hex');
    }
    const newest = Array.from(sessions).pop();
    newest.deliver_sm(fields, (pdu) => said({ deliver_resp: pdu.command_status }));
  }
  said({ done: order });
}).on('close', () => process.exit(0));
