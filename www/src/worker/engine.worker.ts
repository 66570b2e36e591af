// The worker of the page: the engine, served.
import * as api from 'kqlens';
import { serve } from 'kqlens/serve';

serve(api);
