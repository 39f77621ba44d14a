import { Message } from 'onward';

export { Message };
