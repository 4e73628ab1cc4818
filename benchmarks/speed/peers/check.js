// k6 at a constant arrival rate, with one check of the JSON answer.
import http from 'k6/http';
import { check } from 'k6';

export const options = {
  scenarios: {
    arrivals: {
      executor: 'constant-arrival-rate',
      rate: Number(__ENV.PEER_RATE),
      timeUnit: '1s',
      duration: `${__ENV.PEER_FOR}s`,
      preAllocatedVUs: 50,
      maxVUs: 500,
    },
  },
};

const body = '{"applicant":1,"session":1,"attempt":1,"segment":"consumer","file":"thick"}';
const params = { headers: { 'Content-Type': 'application/json' } };

export default function () {
  const answer = http.post(`${__ENV.PEER_HOST}/v1/credit-check`, body, params);
  check(answer, { approved: (r) => r.json('answer') === 'approved' });
}
